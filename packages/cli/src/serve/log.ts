/**
 * The log of the server: pino to standard error, as text on a terminal and as JSON elsewhere.
 *
 * Packages are handed a function `(level, message, fields)`; only this file knows pino.
 */
import { type Logger, pino } from 'pino';
import type { Style } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

export interface LogOptions {
  readonly level: Level | 'off';
  readonly format: 'auto' | 'text' | 'json';
}

export function createLog(options: LogOptions, terminal: Terminal): Log {
  const isText = options.format === 'text' || (options.format === 'auto' && terminal.isErrTty);
  // A line that rewrites itself (progress, the demo's counter) may stand there: it makes way.
  const clear = terminal.isErrTty ? '\r\u001b[K' : '';
  const write = isText
    ? (line: string) => terminal.err(clear + textLine(line, terminal.errStyle))
    : terminal.err;
  const logger: Logger = pino(
    {
      level: options.level === 'off' ? 'silent' : options.level,
      // No pid of our own: packages log the pids of the processes they start.
      base: isText ? null : { service: 'clew' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // A password must never reach a log, whatever field it hides in.
      redact: {
        paths: ['password', '*.password', '["clickhouse.password"]', '["clickhouse.sql_password"]'],
        censor: '•••',
      },
    },
    { write },
  );
  return (level, message, fields = {}) => logger[level](fields, message);
}

const MARKS: Readonly<Record<string, (style: Style) => string>> = {
  debug: (style) => style.dim('debug'),
  info: (style) => style.dim('info '),
  warn: (style) => style.yellow('warn '),
  error: (style) => style.red('error'),
};

/** `23:53:19.123 warn  engine host ended  code=137 restartInMs=500`, errors with their stack. */
function textLine(json: string, style: Style): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const mark = MARKS[String(level)]?.(style) ?? String(level);
  const facts = Object.entries(fields).map(([key, value]) => fact(key, value));
  const tail = facts.length === 0 ? '' : `  ${style.dim(facts.join(' '))}`;
  return `${style.dim(clock)} ${mark} ${String(msg)}${tail}\n`;
}

function fact(key: string, value: unknown): string {
  const stack = (value as { stack?: string } | null)?.stack;
  if (typeof stack === 'string') return `\n${stack}`;
  if (typeof value === 'string')
    return `${key}=${/\s/.test(value) ? JSON.stringify(value) : value}`;
  return `${key}=${JSON.stringify(value)}`;
}
