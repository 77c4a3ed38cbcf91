/** Kafka behind TLS and logins, in and out, against a real broker. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificates, opensslMissing } from './certificates.ts';
import { kafkaMissing, LOGIN } from './kafka-broker.ts';
import { accepted, bodies, type KafkaRig, startKafkaRig, until } from './kafka-rig.ts';
import { post, type Settings, startRig } from './rig.ts';

const missing = (await kafkaMissing()) ?? opensslMissing();
if (missing !== undefined) console.warn(`Tests of Kafka's logins are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('brokers that want', () => {
  let kafka: KafkaRig;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clew-kafka-tls-'));
    makeCertificates(folder);
    kafka = await startKafkaRig(folder);
  });
  afterAll(async () => {
    await kafka?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => kafka.begin());
  afterEach(() => kafka.end());

  const file = (name: string) => join(folder, name);
  const login = (mechanism: string, password: string = LOGIN.password): Settings => ({
    'kafka.sasl_mechanism': mechanism,
    'kafka.sasl_username': LOGIN.username,
    'kafka.sasl_password': password,
  });
  const trust = (): Settings => ({ 'kafka.tls': true, 'kafka.tls_ca': file('ca.pem') });

  async function takes(settings: Settings): Promise<void> {
    await kafka.produce(bodies(3));
    const rig = await kafka.start(settings);
    await until(() => accepted(rig) === 15);
    await until(async () => `${await kafka.committed()}` === '1,1,1');
  }

  async function failureWith(settings: Settings): Promise<string> {
    await kafka.produce(bodies(3));
    const rig = await kafka.start(settings);
    const failure = () => rig.collector.stats().kafka?.failure ?? '';
    await until(() => failure() !== '');
    expect(accepted(rig)).toBe(0);
    return failure();
  }

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('a login by %s get it', (mechanism) =>
    takes({ 'kafka.brokers': kafka.broker.sasl, ...login(mechanism) }),
  );

  test.each(['PLAIN', 'SCRAM-SHA-512'])(
    'a login by %s are not read with a guess',
    async (mechanism) => {
      const guess = { 'kafka.brokers': kafka.broker.sasl, ...login(mechanism, 'guess') };
      expect(await failureWith(guess)).toMatch(/authentication/i);
    },
  );

  test('TLS and a login get both, with an authority of one’s own', () =>
    takes({ 'kafka.brokers': kafka.broker.saslTls, ...trust(), ...login('SCRAM-SHA-512') }));

  test('a certificate of the client get it', () =>
    takes({
      'kafka.brokers': kafka.broker.tls,
      ...trust(),
      'kafka.tls_cert': file('client.pem'),
      'kafka.tls_key': file('client.key'),
    }));

  test('a certificate of the client are not read without one', async () => {
    expect(await failureWith({ 'kafka.brokers': kafka.broker.tls, ...trust() })).toMatch(
      /certificate|connection closed/i,
    );
  });

  test('TLS are not trusted when nobody knows their authority', async () => {
    const settings = {
      'kafka.brokers': kafka.broker.saslTls,
      'kafka.tls': true,
      ...login('PLAIN'),
    };
    expect(await failureWith(settings)).toMatch(/certificate/i);
  });

  test.each([
    ['a login', () => ({ endpoint: kafka.broker.sasl, 'sasl.mechanism': 'SCRAM-SHA-256' })],
    [
      'TLS and a login',
      () => ({
        endpoint: kafka.broker.saslTls,
        'sasl.mechanism': 'PLAIN',
        'tls.enabled': true,
        'tls.ca': file('ca.pem'),
      }),
    ],
    [
      'a certificate',
      () => ({
        endpoint: kafka.broker.tls,
        'tls.enabled': true,
        'tls.ca': file('ca.pem'),
        'tls.cert': file('client.pem'),
        'tls.key': file('client.key'),
      }),
    ],
  ])('%s are forwarded to', async (_, entry) => {
    const row = {
      ...{ name: 'lake', protocol: 'kafka', topic: kafka.topic },
      ...{ 'sasl.username': LOGIN.username, 'sasl.password': LOGIN.password },
      ...entry(),
    };
    const destinations = JSON.stringify([row]);
    const from = await startRig({ 'spool.seal_after': 10, 'forward.destinations': destinations });
    kafka.keep(from);
    for (const body of bodies(3)) expect((await post(from.http, body)).status).toBe(200);
    const to = await kafka.start();
    await until(() => accepted(to) === 15);
  });
});
