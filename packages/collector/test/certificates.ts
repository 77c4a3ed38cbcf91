/**
 * Certificates for tests, made by openssl: an authority (`ca.pem`), and a server and a client that it vouches for
 * (`server.pem`, `server.key`, `client.pem`, `client.key`). The server is `localhost` and 127.0.0.1.
 */
import { execFileSync } from 'node:child_process';

/** Why there can be none here, or undefined. */
export function opensslMissing(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no openssl here';
  }
}

/** Writes them into the folder. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...curve, '-days', '2', '-subj', '/CN=test authority'],
    ...['-keyout', 'ca.key', '-out', 'ca.pem'],
  );
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  for (const name of ['server', 'client']) {
    openssl(
      ...['req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${name}`],
      ...['-addext', names, '-addext', 'basicConstraints=CA:FALSE'],
      ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  }
}
