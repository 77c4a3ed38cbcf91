/**
 * Plays FizzBuzz as a service: three services, and somebody who counts.
 * Never knows: how they are traced, but for the flag that does it from outside.
 */
import type { Run } from '../../stage.mjs';

const program = (name: string) => new URL(`./${name}.js`, import.meta.url);
const nodeFlags = ['--import', '@clew/sdk/register'];
/** Of all packages that may be installed around here. */
const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express,undici' };

export const run: Run = async (stage) => {
  const fizzer = await stage.start('fizzer', program('fizzer'));
  const buzzer = await stage.start('buzzer', program('buzzer'), { nodeFlags, env });
  const hub = await stage.start('hub', program('hub'), {
    nodeFlags,
    env: { ...env, FIZZER: fizzer.url, BUZZER: buzzer.url },
  });
  const { traces, lines } = await stage.play('counter', program('counter'), {
    env: { ...env, HUB: hub.url },
  });
  stage.log(lines.find((line) => line.includes('FizzBuzz')) ?? '');
  return {
    traces,
    urls: { hub: `${hub.url}/numbers/15` },
    look: [
      'the staircase: no call is slow, but each waits for the one before it',
      'within a number the hub waits twice, for the fizzer and then for the buzzer',
      'hub and buzzer have spans of express without a line of code; the fizzer made its own, in the same trace',
    ],
  };
};
