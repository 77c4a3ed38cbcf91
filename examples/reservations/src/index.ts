/**
 * Plays the reservations: first with spans on the console, then with the same programs sending to the collector.
 * Only a variable changes. Then two things go wrong: a limit, and a service that is away.
 * Never knows: how the services are traced.
 */
import type { Run, Service, Shown, Stage } from '../../stage.mjs';

const program = (name: string) => new URL(`./${name}.js`, import.meta.url);

export const run: Run = async (stage) => {
  await playOnConsole(stage);
  const { users, reservations } = await open(stage, 'otlp');
  const want = (user: string, title: string) => guest(stage, reservations, 'otlp', user, title);
  const kept = await want('ada', 'a table for Ada');
  const refused = await want('ada', 'a second table for Ada: over the limit');
  await users.stop();
  const missing = await want('bob', 'a table for Bob: the user service is away');
  return {
    traces: [...kept, ...refused, ...missing],
    look: [
      'one trace through three processes: POST and GET carry a traceparent header',
      'a refusal (409) marks who asked and what refused, not the server between them',
      'without the user service the GET has no child on the other side, and the server says 503',
    ],
  };
};

async function playOnConsole(stage: Stage): Promise<void> {
  const { users, reservations } = await open(stage, 'console');
  await guest(stage, reservations, 'console', 'ada', 'on the console');
  await Promise.all([reservations.stop(), users.stop()]);
  stage.log('OTEL_TRACES_EXPORTER=console, the reservation service prints:\n');
  stage.log(
    reservations
      .output()
      .replace(/^ready .*\n/, '')
      .trimEnd(),
  );
}

async function open(stage: Stage, exporter: string) {
  const env = { OTEL_TRACES_EXPORTER: exporter };
  const users = await stage.start('user-service', program('user-service'), { env });
  const reservations = await stage.start('reservation-service', program('reservation-service'), {
    env: { ...env, USERS: users.url },
  });
  return { users, reservations };
}

async function guest(
  stage: Stage,
  reservations: Service,
  exporter: string,
  user: string,
  title: string,
): Promise<readonly Shown[]> {
  const env = { OTEL_TRACES_EXPORTER: exporter, RESERVATIONS: reservations.url };
  const { traces } = await stage.play('guest', program('guest'), { env, args: [user, title] });
  return traces;
}
