/**
 * Rows of the Datadog agent's port: the trace API in all its versions.
 *
 * Never knows: what a body holds.
 */

import { createDatadogTranslator } from './datadog.ts';
import type { DatadogVersion } from './datadog-body.ts';
import { datadogTracer } from './datadog-origin.ts';
import { acceptedDatadog, refusedDatadog } from './datadog-pages.ts';
import type { ForeignRequest, HttpProtocol, Listener } from './protocol.ts';
import { TranslateError } from './translate-error.ts';

const translator = createDatadogTranslator();

export const datadogListener: Listener = {
  name: 'datadog',
  transport: 'http',
  port: 8126,
  says: 'where Datadog tracers find an agent (/v0.3 to /v0.7/traces); off closes it',
  hint: () => 'Datadog traces are taken with PUT or POST /v0.4/traces',
  refused: refusedDatadog,
};

const VERSIONS: readonly DatadogVersion[] = ['0.3', '0.4', '0.5', '0.7'];

export const datadogProtocols: readonly HttpProtocol[] = VERSIONS.map((version) => ({
  name: `datadog-v${version}`,
  listener: 'datadog',
  transport: 'http',
  methods: ['PUT', 'POST'],
  paths: [`/v${version}/traces`],
  contentTypes: ['application/msgpack'],
  // The agent reads whatever content type comes as msgpack, or JSON where the version has it.
  isDefault: true,
  wanted: `a list of traces of the Datadog trace API ${version}`,
  translate(body, request) {
    refuseWebPages(request);
    const tracer = datadogTracer(request.header);
    return { otlp: translator.translate(body, { version, tracer }), rejected: [] };
  },
  accepted: acceptedDatadog,
}));

/** Any content type is taken, so a page on the web could send spans here by a plain form; the agent refuses it too. */
function refuseWebPages({ header }: ForeignRequest): void {
  if (header('sec-fetch-site') === 'cross-site') {
    throw new TranslateError('', 'found a request of a web page, wanted one of a tracer');
  }
}
