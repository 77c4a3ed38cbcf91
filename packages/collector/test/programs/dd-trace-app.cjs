/**
 * An application traced by the stock `dd-trace`, as a service points it at an agent by its address.
 *
 * Prints one JSON line: the ids that the spans were given. Ends when everything was flushed.
 * Arguments: the agent's URL; `0.4` or `0.5`; `native` for span events in their own field.
 */
const [, , url, protocol = '0.4', events = ''] = process.argv;
process.env.DD_TRACE_AGENT_PROTOCOL_VERSION = protocol;
if (events === 'native') process.env.DD_TRACE_NATIVE_SPAN_EVENTS = 'true';
process.env.DD_TRACE_STARTUP_LOGS = 'false';

const tracer = require('dd-trace').init({
  url,
  service: 'checkout',
  env: 'test',
  version: '1.2.3',
  plugins: false,
  flushInterval: 200,
  tags: { 'team.name': 'shop' },
});

const root = tracer.startSpan('web.request', {
  tags: {
    'resource.name': 'GET /cart/:id',
    'span.kind': 'server',
    'span.type': 'web',
    'http.method': 'GET',
    'http.url': 'http://shop.test/cart/7',
    'http.status_code': 200,
    'cart.items': 3,
    'cart.total': 12.5,
    'cart.isGift': true,
  },
});
const db = tracer.startSpan('pg.query', {
  childOf: root,
  tags: {
    'service.name': 'checkout-postgres',
    'resource.name': 'SELECT * FROM carts WHERE id = ?',
    'span.kind': 'client',
    'span.type': 'sql',
    'db.system': 'postgresql',
  },
});
db.addEvent?.('row read', { rows: 3, isCached: false, tags: ['a', 'b'], ratio: 0.5 }, Date.now());
db.finish();

const failing = tracer.startSpan('payment.charge', {
  childOf: root,
  tags: { 'span.kind': 'client', 'resource.name': 'POST /charges' },
});
failing.setTag('error', new TypeError('card refused: größer'));
failing.addLink?.({ context: db.context(), attributes: { why: 'retry' } });
failing.finish();

const local = tracer.startSpan('render', { childOf: root });
local.finish();
root.finish();

const hex = (span) => ({
  traceId: span.context().toTraceId(true),
  spanId: BigInt(span.context().toSpanId()).toString(16).padStart(16, '0'),
});
const ids = { root: hex(root), db: hex(db), failing: hex(failing), local: hex(local) };
setTimeout(() => {
  process.stdout.write(`${JSON.stringify(ids)}\n`, () => process.exit(0));
}, 1500);
