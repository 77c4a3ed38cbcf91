/**
 * Rows of the X-Ray daemon's port: documents in datagrams, and the two questions about sampling over HTTP.
 *
 * Never knows: what a document holds.
 */

import type { Listener, Page, UdpProtocol } from './protocol.ts';
import { createXrayTranslator } from './xray.ts';

const translator = createXrayTranslator();

export const xrayListeners: readonly Listener[] = [
  {
    name: 'xray_udp',
    transport: 'udp',
    port: 2000,
    says: 'where X-Ray SDKs find the daemon (segment documents); off closes it',
    hint: () => '',
  },
  {
    name: 'xray_http',
    transport: 'http',
    port: 2000,
    says: 'where X-Ray SDKs ask for sampling rules: TCP on the same number as xray_udp; off closes it',
    hint: () =>
      'X-Ray documents are taken over UDP (listen.xray_udp); here are only sampling rules',
  },
];

export const xrayProtocol: UdpProtocol = {
  name: 'xray',
  listener: 'xray_udp',
  transport: 'udp',
  wanted: 'an X-Ray segment document',
  translate: (datagram, { arrivedMs }) => ({
    otlp: translator.translate(datagram, arrivedMs),
    rejected: [],
  }),
  release: (nowMs) => translator.release(nowMs),
  held: () => translator.held(),
};

/**
 * Without rules of the account an SDK uses those of the application, which is who should decide here.
 * https://docs.aws.amazon.com/xray/latest/api/API_GetSamplingRules.html
 */
const RULES = { SamplingRuleRecords: [] };
const TARGETS = { SamplingTargetDocuments: [], LastRuleModification: 0, UnprocessedStatistics: [] };

export const xrayPages: readonly Page[] = [
  page('/GetSamplingRules', RULES),
  page('/SamplingTargets', TARGETS),
];

function page(path: string, value: object): Page {
  const answer = { status: 200, contentType: 'application/json', body: JSON.stringify(value) };
  return { listener: 'xray_http', methods: ['POST'], path, answer: () => answer };
}
