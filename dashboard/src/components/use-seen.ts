import { type RefObject, useEffect, useState } from 'react';

/** More canvases at once make a browser slow. */
const MOST_CANVASES = 12;
let canvases = 0;

/** True while the element is near the screen and fewer than twelve others are drawn. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [seen, see] = useState(false);
  useEffect(() => {
    const place = element.current;
    if (!place) return;
    let mine = false;
    const change = (wanted: boolean) => {
      if (wanted === mine || (wanted && canvases >= MOST_CANVASES)) return;
      mine = wanted;
      canvases += wanted ? 1 : -1;
      see(wanted);
    };
    const observer = new IntersectionObserver((entries) => change(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '100px',
    });
    observer.observe(place);
    return () => {
      observer.disconnect();
      change(false);
    };
  }, [element]);
  return seen;
}
