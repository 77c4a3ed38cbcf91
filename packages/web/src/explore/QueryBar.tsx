/**
 * The question as TraceQL: one line with completion, and what is wrong with it drawn underneath.
 *
 * A combobox as ARIA describes it: the focus stays in the field, arrows walk the list, Enter or Tab takes the option
 * that is walked to, Enter without one asks, Esc closes the list and then gives up what was typed. The field is a plain
 * input; a layer behind it draws the wavy line. Never knows: the router, the form.
 */
import { Check, Copy } from 'lucide-react';
import {
  type ChangeEvent,
  type KeyboardEvent,
  type RefObject,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { ExploreAddress } from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { asking, textOf } from '../query-text/form-text.ts';
import { type Option, taken } from '../query-text/options.ts';
import { drawnProblem, problemOf } from '../query-text/problem.ts';
import type { ServerError } from '../server/ask.ts';
import { copyText } from '../shell/share.ts';
import { OptionList, optionId } from './OptionList.tsx';
import styles from './QueryBar.module.css';
import { QueryProblem, WavyLine } from './QueryProblem.tsx';
import { queryFieldId } from './query-field-id.ts';
import { queryWords } from './query-words.ts';
import { useOptions } from './use-options.ts';

/** Asks what stands in the field. False when that is what is asked already, and nothing was done. */
export type Asker = RefObject<(() => boolean) | null>;

export type QueryBarProps = {
  readonly address: ExploreAddress;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
  /** The server's refusal of the question as it stands. */
  readonly error: ServerError | undefined;
  readonly asker: Asker;
};

const problemId = 'explore-query-problem';

export function QueryBar({ address, onChange, error, asker }: QueryBarProps) {
  const asked = textOf(address);
  const field = useField(asked);
  const { text, cursor } = field;
  const [list, setList] = useState<{ isOpen: boolean; active: number }>(closed);
  const options = useOptions(text, cursor, address.range, list.isOpen);
  const [isPressed, setPressed] = useState(false);
  const [scrolled, setScrolled] = useState(0);
  const own = problemOf(text);
  const refused = text === asked && error?.code.endsWith('-traceql') ? error.message : undefined;
  const problem = own ?? (refused === undefined ? undefined : drawnProblem(refused));
  const isShown = list.isOpen && options.length > 0;

  useImperativeHandle(asker, () => () => {
    setList(closed);
    if (own) setPressed(true);
    else if (text.trim() !== asked) onChange(asking(text));
    return own !== undefined || text.trim() !== asked;
  });

  const take = (option: Option) => {
    field.write(taken(text, option));
    setList({ isOpen: true, active: -1 });
  };
  const type = (event: ChangeEvent<HTMLInputElement>) => {
    const { value, selectionStart } = event.target;
    field.set({ text: value, cursor: selectionStart ?? value.length });
    setList({ isOpen: true, active: -1 });
    setPressed(false);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const active = isShown ? options[list.active] : undefined;
    const move = (active: number) => setList({ isOpen: true, active });
    const last = options.length - 1;
    const does = {
      ArrowDown: () => move(isShown && list.active < last ? list.active + 1 : isShown ? 0 : -1),
      ArrowUp: isShown && (() => move(list.active > 0 ? list.active - 1 : last)),
      Tab: active && (() => take(active)),
      Enter: () => (active ? take(active) : event.currentTarget.form?.requestSubmit()),
      Escape: () => {
        if (isShown) setList(closed);
        else if (text !== asked) field.set({ text: asked, cursor: asked.length });
        else event.currentTarget.blur();
      },
      ' ': event.ctrlKey && (() => move(-1)),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  };
  return (
    <div className={styles.bar}>
      <div
        className={styles.frame}
        data-invalid={problem && !problem.isUnfinished ? '' : undefined}
      >
        <label className={styles.label} htmlFor={queryFieldId}>
          {queryWords.label}
        </label>
        <div className={styles.editor}>
          <WavyLine
            text={text}
            at={problem?.isUnfinished ? undefined : problem?.at}
            scrolled={scrolled}
          />
          <input
            ref={field.ref}
            id={queryFieldId}
            className={styles.input}
            role="combobox"
            aria-expanded={isShown}
            aria-controls={isShown ? listId : undefined}
            aria-activedescendant={isShown && list.active >= 0 ? optionId(list.active) : undefined}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-invalid={problem !== undefined || undefined}
            aria-describedby={problem && problemId}
            placeholder={queryWords.placeholder}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            onChange={type}
            onKeyDown={onKeyDown}
            onSelect={({ currentTarget }) => field.moved(currentTarget.selectionStart ?? cursor)}
            onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollLeft)}
            onBlur={() => setList(closed)}
          />
          {isShown && (
            <OptionList
              id={listId}
              options={options}
              active={list.active}
              scrolled={scrolled}
              onTake={take}
            />
          )}
        </div>
        {text.trim() !== asked && !own && <kbd className={styles.hint}>{queryWords.enter}</kbd>}
        {text !== '' && <CopyButton text={text} />}
      </div>
      {problem && !isShown && <QueryProblem id={problemId} problem={problem} isAlert={isPressed} />}
    </div>
  );
}

const closed = { isOpen: false, active: -1 };
const listId = 'explore-query-options';

/** What is typed and where the cursor is, until the question changes from elsewhere. */
function useField(asked: string) {
  const ref = useRef<HTMLInputElement>(null);
  const [state, setState] = useState({ asked, text: asked, cursor: asked.length });
  if (state.asked !== asked) setState({ asked, text: asked, cursor: asked.length });
  const isWritten = useRef(false);
  const { text, cursor } = state;
  useLayoutEffect(() => {
    if (!isWritten.current) return;
    isWritten.current = false;
    ref.current?.setSelectionRange(cursor, cursor);
  }, [cursor]);
  const set = (next: { text: string; cursor: number }) =>
    setState((before) => ({ ...before, ...next }));
  return {
    ref,
    text,
    cursor,
    set,
    moved: (at: number) => at !== cursor && set({ text, cursor: at }),
    /** From code, not from the keyboard: the browser would put the cursor at the end. */
    write: (next: { text: string; cursor: number }) => {
      isWritten.current = true;
      set(next);
    },
  };
}

function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 2_000);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <Button
      look="quiet"
      aria-label={isCopied ? queryWords.copied : queryWords.copy}
      title={queryWords.copy}
      onPress={() => void copy()}
    >
      <Icon size={14} strokeWidth={1.5} aria-hidden="true" />
    </Button>
  );
}
