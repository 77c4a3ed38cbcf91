/** Copies the link of the page and says so on the button itself. */
import { Check, Link2 } from 'lucide-react';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import { useShare } from './share.ts';

export function ShareButton() {
  const outcome = useShare((state) => state.outcome);
  const share = useShare((state) => state.share);
  const Icon = outcome === 'copied' ? Check : Link2;
  return (
    <>
      <Button
        title={`${words.shell.shareSays} (Shift S)`}
        onPress={() => void share()}
        style={{ minWidth: 82 }}
      >
        <Icon size={15} strokeWidth={1.5} aria-hidden="true" />
        {outcome === 'copied' ? words.shell.copied : words.shell.share}
      </Button>
      <span role="status" className="visually-hidden">
        {outcome === 'copied' && words.shell.copied}
        {outcome === 'failed' && words.shell.copyFailed}
      </span>
    </>
  );
}
