/**
 * Steps that run at once, and are undone when one of them fails.
 *
 * A compensation is a span of its own with a link to the step that it undoes: it is below the checkout, not
 * below the step, which is long over.
 * Never knows: what the steps do.
 */
import { withSpan } from '@clew/sdk';
import type { SpanContext } from '@opentelemetry/api';

export interface Step {
  readonly name: string;
  readonly run: () => Promise<object>;
  readonly undo?: Compensation;
}

interface Compensation {
  readonly name: string;
  readonly run: () => Promise<object>;
}

interface Done {
  readonly undo: Compensation;
  readonly step: SpanContext;
}

/** Throws the first error, after everything that was done is undone. */
export async function allOrNothing(steps: readonly Step[]): Promise<void> {
  const done: Done[] = [];
  const running = steps.map(({ name, run, undo }) =>
    withSpan(name, async (span) => {
      await run();
      if (undo !== undefined) done.push({ undo, step: span.spanContext() });
    }),
  );
  try {
    await Promise.all(running);
  } catch (error) {
    // The others go on after the first failure, and may still succeed.
    await Promise.allSettled(running);
    await Promise.all(done.map(compensate));
    throw error;
  }
}

function compensate({ undo, step }: Done): Promise<object> {
  const links = [{ context: step, attributes: { 'link.reason': 'compensates' } }];
  return withSpan(undo.name, { links, attributes: { 'checkout.compensation': true } }, undo.run);
}
