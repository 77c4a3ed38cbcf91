/**
 * Native scrolling over more rows than a browser can make an element high.
 *
 * Up to `SPACER_MAX` one pixel scrolled is one pixel of rows; above, the scroll bar stands for a share of the rows.
 * Never knows: the DOM.
 */

/** 600,000 rows of 24 px; browsers clamp elements at 16.7 million device pixels and up. */
export const SPACER_MAX = 14_400_000;

export interface ScrollScale {
  /** Height to give the spacer. */
  readonly spacer: number;
  /** Position in rows' pixels for a position of the scroll container. */
  readonly toContent: (scrollTop: number) => number;
  /** The inverse. */
  readonly toScroll: (contentTop: number) => number;
}

export function scrollScale(contentHeight: number, viewportHeight: number): ScrollScale {
  const spacer = Math.min(contentHeight, SPACER_MAX);
  const ratio =
    contentHeight <= SPACER_MAX ? 1 : (contentHeight - viewportHeight) / (spacer - viewportHeight);
  return {
    spacer,
    toContent: (scrollTop) => scrollTop * ratio,
    toScroll: (contentTop) => contentTop / ratio,
  };
}
