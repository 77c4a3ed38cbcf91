/**
 * The one button: React Aria's behaviour in Clew's three looks.
 *
 * Never knows: what pressing does.
 */
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './Button.module.css';

export type ButtonProps = Omit<AriaButtonProps, 'className' | 'style'> & {
  /** `plain` has a border, `main` is the page's one accent action, `quiet` is an icon or a word without a frame. */
  readonly look?: 'plain' | 'main' | 'quiet';
  readonly style?: React.CSSProperties;
  readonly title?: string;
};

export function Button({ look = 'plain', title, ...rest }: ButtonProps) {
  // React Aria drops `title`; the wrapper-free way to keep it is its own DOM passthrough.
  return (
    <AriaButton
      {...rest}
      className={`${styles.button} ${styles[look]}`}
      {...(title === undefined ? {} : { render: (props) => <button {...props} title={title} /> })}
    />
  );
}
