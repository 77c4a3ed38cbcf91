/**
 * The first minute: where to send spans, what to paste, and a counter that turns into the first trace by itself.
 *
 * Never knows: how the first trace is drawn.
 */

import type { Status } from '../server/answers.ts';
import { usePulse } from '../server/pulse.ts';
import { TopBar } from '../shell/TopBar.tsx';
import { words } from '../words.ts';
import { Arrival } from './Arrival.tsx';
import { CodeBlock } from './CodeBlock.tsx';
import styles from './FirstRun.module.css';
import { Languages } from './Languages.tsx';
import { demoCommand, endpoints, testSpan } from './snippets.ts';

const says = words.firstRun;

export type FirstRunProps = {
  readonly status: Status;
  /** The page opened without any data and goes to the first trace when it comes. */
  readonly isWaiting: boolean;
};

export function FirstRun({ status, isWaiting }: FirstRunProps) {
  usePulse(true);
  const { http, grpc, others } = endpoints(status.listeners);
  return (
    <>
      <TopBar title={says.title} />
      <main id="content" className={styles.page}>
        <div className={styles.column}>
          <Arrival status={status} isWaiting={isWaiting} />
          <Step title={says.endpoints} says={says.endpointsSay}>
            <dl className={styles.endpoints}>
              {grpc && <Endpoint name="OTLP/gRPC" url={grpc} />}
              {http && <Endpoint name="OTLP/HTTP" url={http} />}
              {others.map(({ name, url }) => (
                <Endpoint key={name} name={name} url={url} />
              ))}
            </dl>
          </Step>
          {http && (
            <>
              <Step title={says.variables} says={says.variablesSay}>
                <Languages http={http} grpc={grpc} />
              </Step>
              <Step title={says.test} says={says.testSays}>
                <CodeBlock label={says.test} text={testSpan(http)} />
              </Step>
            </>
          )}
          <Step title={says.demo} says={says.demoSays}>
            <CodeBlock label={says.demo} text={demoCommand} />
          </Step>
        </div>
      </main>
    </>
  );
}

function Step(props: { title: string; says: string; children: React.ReactNode }) {
  return (
    <section className={styles.step}>
      <h2>{props.title}</h2>
      <p>{props.says}</p>
      {props.children}
    </section>
  );
}

function Endpoint({ name, url }: { name: string; url: string }) {
  return (
    <div className={styles.endpoint}>
      <dt>{name}</dt>
      <dd>
        <CodeBlock label={name} text={url} />
      </dd>
    </div>
  );
}
