import { type ReactNode, useState } from 'react';

export interface VirtualListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly rowHeight: number;
  readonly keyOf: (item: Item) => string;
  readonly children: (item: Item) => ReactNode;
  /** The end of what is there has come near. */
  readonly onNearEnd?: () => void;
}

const SHOWN_ROWS = 12;
const SPARE_ROWS = 6;

/** A long list of rows of one height, of which only those near the eye are drawn. */
export function VirtualList<Item>({
  label,
  items,
  rowHeight,
  keyOf,
  children,
  onNearEnd,
}: VirtualListProps<Item>) {
  const [first, setFirst] = useState(0);
  const height = Math.min(items.length, SHOWN_ROWS) * rowHeight;
  const from = Math.max(0, first - SPARE_ROWS);
  const to = Math.min(items.length, first + SHOWN_ROWS + SPARE_ROWS);
  return (
    <section
      className="virtual"
      aria-label={`${label}: list`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
      tabIndex={0}
      style={{ height }}
      onScroll={({ currentTarget }) => {
        const now = Math.floor(currentTarget.scrollTop / rowHeight);
        setFirst(now);
        if (now + SHOWN_ROWS + SPARE_ROWS >= items.length) onNearEnd?.();
      }}
    >
      <ul style={{ height: items.length * rowHeight }}>
        {items.slice(from, to).map((item, at) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={from + at + 1}
            style={{ height: rowHeight, top: (from + at) * rowHeight }}
          >
            {children(item)}
          </li>
        ))}
      </ul>
    </section>
  );
}
