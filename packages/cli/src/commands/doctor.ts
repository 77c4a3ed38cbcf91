/**
 * `clew doctor`: looks at everything that a server needs here and says what to do.
 *
 * Changes nothing: what it writes, it removes.
 */
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, jsonFlag, serverFlag } from '../command.ts';
import { bad, type Finding, good, warning } from '../doctor/finding.ts';
import {
  checkDataDir,
  checkDiskSpace,
  checkMemory,
  checkNode,
  checkPlatform,
  checkSync,
} from '../doctor/machine.ts';
import {
  checkEngine,
  checkPeers,
  checkPorts,
  checkQuarantine,
  checkServer,
  findServer,
} from '../doctor/server.ts';
import { webRoot } from '../serve/web-root.ts';
import { createServerClient } from '../server-client.ts';
import { configFlag, serverSettings } from '../server-settings.ts';
import { counted } from '../terminal/numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'doctor',
  says: 'check this machine and the data directory, and say what to do',
  usage: '[--data-dir DIR] [--json]',
  positionalsMax: 0,
  flags: [serverFlag, configFlag, jsonFlag],
  serverSettings: async () => (await import('../settings.ts')).settingsTable,
  examples: [['clew doctor', 'with the settings that `clew serve` would use here']],
  run: async (args, terminal) => {
    const findings = await examine(args, terminal);
    const isWell = findings.every((one) => one.verdict !== 'bad');
    if (args.values['json'] === true) {
      terminal.out(`${JSON.stringify({ isWell, version, findings })}\n`);
    } else print(findings, terminal);
    return isWell ? 0 : 1;
  },
};

async function examine(args: Arguments, terminal: Terminal): Promise<Finding[]> {
  const findings = [good('clew', version), checkNode(process.versions.node)];
  const settings = await serverSettings(args, terminal.env).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    findings.push(bad('settings', error.message.replaceAll('\n', '; '), error.hint ?? ''));
    return undefined;
  });
  if (settings === undefined) return findings;
  const { values, warnings } = settings;
  findings.push(
    warnings.length === 0
      ? good('settings', 'all known and valid')
      : warning('settings', warnings.join('; '), 'correct or remove them'),
  );
  const dataDir = String(values['data_dir']);
  const client = createServerClient(String(args.values['server']));
  const server = await findServer(client);
  const isEmbedded = values['clickhouse.url'] === '';
  findings.push(checkPlatform(`${process.platform}-${process.arch}`, isEmbedded));
  if (isEmbedded) findings.push(checkMemory(Number(values['engine.memory_bytes_max'])));
  findings.push(
    await checkDataDir(dataDir),
    await checkDiskSpace(dataDir, Number(values['spool.disk_free_min'])),
    await checkSync(dataDir),
    checkServer(server, client.url),
    ...(await checkPorts(values, server !== undefined)),
    await checkEngine(values, server),
    await checkQuarantine(dataDir),
    ...checkPeers(server),
    webRoot() === undefined
      ? warning('user interface', 'not built', 'npm run build')
      : good('user interface', 'built'),
  );
  return findings;
}

function print(findings: readonly Finding[], { out, style }: Terminal): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const marks = { good: style.green('✓'), warning: style.yellow('!'), bad: style.red('✕') };
  for (const { check, verdict, found, todo } of findings) {
    out(`${marks[verdict]} ${check.padEnd(width)}  ${found.replaceAll('\n', '; ')}\n`);
    if (todo !== '') out(`  ${' '.repeat(width)}  ${style.accent('→')} ${todo}\n`);
  }
  const count = (verdict: Finding['verdict']) =>
    findings.filter((one) => one.verdict === verdict).length;
  const isWell = count('bad') === 0;
  const says = isWell ? style.green('all a server needs is here') : style.red('not well');
  out(`\n${says} · ${counted(count('bad'), 'problem')}, ${counted(count('warning'), 'warning')}\n`);
}
