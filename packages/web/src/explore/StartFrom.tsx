/** While nothing is asked: questions worth starting from, and the last ones asked. */
import { Link } from '@tanstack/react-router';
import { type ExploreAddress, hasFilters } from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { recentQuestions } from '../palette/recent.ts';
import { words } from '../words.ts';
import { recipes } from './recipes.ts';
import styles from './StartFrom.module.css';

export type StartFromProps = {
  readonly address: ExploreAddress;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
};

/** The recent questions that fit under the recipes. */
const recentMax = 5;

export function StartFrom({ address, onChange }: StartFromProps) {
  if (hasFilters(address)) return null;
  const recent = recentQuestions().slice(0, recentMax);
  return (
    <div className={styles.start}>
      <h2 className={styles.title}>{words.explore.recipesTitle}</h2>
      <div className={styles.list}>
        {recipes.map(({ label, fields }) => (
          <Button key={label} look="quiet" onPress={() => onChange(fields)}>
            {label}
          </Button>
        ))}
      </div>
      {recent.length > 0 && (
        <>
          <h2 className={styles.title}>{words.explore.recentTitle}</h2>
          <div className={styles.list}>
            {recent.map(({ title, go }) => (
              <Link key={title} {...go} className={styles.recent} title={title}>
                {title}
              </Link>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
