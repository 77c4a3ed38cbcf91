/** The environment variables of an OpenTelemetry SDK, per language, with what has to be installed or said besides. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { words } from '../words.ts';
import { CodeBlock } from './CodeBlock.tsx';
import styles from './Languages.module.css';
import { languages } from './snippets.ts';

export function Languages({ http, grpc }: { http: string; grpc: string | undefined }) {
  return (
    <Tabs className={styles.tabs!}>
      <TabList aria-label={words.firstRun.languages} className={styles.list!}>
        {languages.map(({ name }) => (
          <Tab key={name} id={name} className={styles.tab!}>
            {name}
          </Tab>
        ))}
      </TabList>
      {languages.map((language) => (
        <TabPanel key={language.name} id={language.name} className={styles.panel!}>
          <CodeBlock label={language.name} text={language.snippet({ http, grpc })} />
          <p className={styles.note}>{language.note}</p>
        </TabPanel>
      ))}
    </Tabs>
  );
}
