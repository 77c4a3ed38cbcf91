/** The mark: a ball of thread with a loose end. Same drawing as public/clew.svg, in the colour of the text. */
export function Clew({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="15" cy="15" r="11" />
      <path d="M6 11c6-3 13-1 19 5M4.6 18c6-4 14-2 18.5 4M10.5 5c5 1 11 6 12 13" />
      <path d="M23 23c2 3 4 4 7 4" />
    </svg>
  );
}
