/** What is wrong with the text: a wavy line at the place, and below the field the reason with the caret. */
import type { Problem } from '../query-text/problem.ts';
import styles from './QueryBar.module.css';

export type WavyLineProps = {
  readonly text: string;
  readonly at: Problem['at'];
  /** How far the field is scrolled, px. */
  readonly scrolled: number;
};

/** The text once more, invisible, behind the field: letters of one width make the line stand under the right ones. */
export function WavyLine({ text, at, scrolled }: WavyLineProps) {
  if (at === undefined) return null;
  return (
    <div className={styles.wavy} aria-hidden="true">
      <span style={{ marginLeft: -scrolled }}>{text.slice(0, at.from)}</span>
      <u>{text.slice(at.from, at.to) || '\u00a0'}</u>
    </div>
  );
}

export type QueryProblemProps = {
  readonly id: string;
  readonly problem: Problem;
  /** The reader asked all the same: now it is said aloud. */
  readonly isAlert: boolean;
};

export function QueryProblem({ id, problem, isAlert }: QueryProblemProps) {
  const { says, drawing, isUnfinished } = problem;
  return (
    <div
      id={id}
      className={styles.problem}
      data-quiet={isUnfinished && !isAlert ? '' : undefined}
      role={isAlert ? 'alert' : undefined}
    >
      <p>{says}</p>
      {drawing !== '' && <pre>{drawing}</pre>}
    </div>
  );
}
