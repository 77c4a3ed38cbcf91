/**
 * Plays the walk-through: a broker, the order service, and a client that orders three times.
 * Never knows: how they are traced.
 */
import type { Run } from '../../stage.mjs';

const program = (name: string) => new URL(`./${name}.js`, import.meta.url);

export const run: Run = async (stage) => {
  const broker = await stage.start('broker', program('broker'));
  const env = { QUEUE: broker.url };
  await stage.start('order-service', program('order-service'), { env });
  const { traces } = await stage.play('client', program('client'), { env });
  return {
    traces,
    look: [
      'three orders, three traces, three spans each: two processes, joined by what the message carries',
      'the third is refused: the error is recorded by OrderService.reserve, where it was thrown, and marks the path up',
      'the gap before OrderService.handle is the time in the queue',
    ],
  };
};
