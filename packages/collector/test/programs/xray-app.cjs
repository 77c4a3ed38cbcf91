/**
 * An application traced by the stock `aws-xray-sdk-core`, pointed at a daemon by its address.
 *
 * Prints one JSON line: the ids that the segments were given. Ends when everything was sent.
 * Arguments: the daemon's address, `host:port` or `tcp:host:port udp:host:port`.
 */
process.env.AWS_XRAY_DAEMON_ADDRESS = process.argv[2];
process.env.AWS_XRAY_LOG_LEVEL = 'silent';
const xray = require('aws-xray-sdk-core');

xray.enableManualMode();
xray.middleware.setSamplingRules({
  version: 2,
  default: { fixed_target: 100, rate: 1 },
  rules: [],
});
// Streams finished subsegments as documents of their own when more than two are open or done.
xray.setStreamingThreshold(2);

const segment = new xray.Segment('checkout');
segment.addIncomingRequestData({
  request: {
    method: 'GET',
    url: 'http://shop.test/cart/7',
    user_agent: 'curl/8',
    client_ip: '10.0.0.9',
  },
  response: { status: 200, content_length: 512 },
});
segment.addAnnotation('cart_items', 3);
segment.addAnnotation('is_gift', true);
segment.addAnnotation('tier', 'gold');
segment.addMetadata('cart', { lines: [{ sku: 'a1', n: 2 }], note: 'größer' }, 'shop');
segment.setUser('u-17');

const db = segment.addNewSubsegment('carts@db.shop.test');
db.namespace = 'remote';
db.addSqlData({
  url: 'postgresql://db.shop.test:5432/carts',
  sanitized_query: 'SELECT * FROM carts WHERE id = ?',
  database_type: 'PostgreSQL',
  database_version: '16.1',
  driver_version: '8.11',
  user: 'shop',
});
const dynamo = segment.addNewSubsegment('DynamoDB');
dynamo.namespace = 'aws';
dynamo.addAttribute('aws', {
  operation: 'GetItem',
  region: 'eu-central-1',
  request_id: 'R1',
  table_name: 'carts',
  retries: 1,
});
dynamo.addAttribute('http', { response: { status: 429, content_length: 12 } });
dynamo.addThrottleFlag();
dynamo.close();

const local = segment.addNewSubsegment('render');
const inner = local.addNewSubsegment('template');
inner.close(new TypeError('no such template'));
local.close();
db.close();
const ids = {
  segment: { traceId: segment.trace_id, spanId: segment.id },
  db: { spanId: db.id },
  dynamo: { spanId: dynamo.id },
  local: { spanId: local.id },
  inner: { spanId: inner.id },
};
segment.close();

setTimeout(() => {
  process.stdout.write(`${JSON.stringify(ids)}\n`, () => process.exit(0));
}, 1500);
