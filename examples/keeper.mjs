/**
 * Runs a command that is no Node program, and ends it when it shall end: as if somebody pressed Ctrl-C, on which
 * Python flushes and SIGTERM does not, and also when whoever started it is gone.
 * Never knows: the command.
 */
import { spawn } from 'node:child_process';

/** Less than the stage waits for this process, so that the command does not outlive it. */
const END_MS_MAX = 6_000;

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
const interrupt = () => {
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGKILL'), END_MS_MAX).unref();
};

process.on('SIGTERM', interrupt);
process.on('disconnect', interrupt);
// Ctrl-C in a terminal reaches the command as well; this one leaves after it.
process.on('SIGINT', () => {});
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(signal === null ? code : 1));
