// A process that starts an engine host, tells its pid and waits to be killed.
import { fork } from 'node:child_process';

const host = fork(new URL('../host/main.mjs', import.meta.url), [], { execArgv: [] });
host.once('message', () => process.send?.(host.pid));
host.send({
  kind: 'start',
  directory: process.argv[2],
  token: 'test',
  querySessions: 1,
  loadSessions: 1,
  waitingMax: 1,
  waitMsMax: 1000,
  bodyBytesMax: 1024,
  engineArguments: [],
});
