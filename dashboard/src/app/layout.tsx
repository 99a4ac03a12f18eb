import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { BAR } from './paths.ts';
import { ThemeChoice } from './theme-choice.tsx';

const isAt = (path: string, at: string): boolean =>
  at === '/' ? path === '/' || path.startsWith('/runs') : path.startsWith(at);

/** What all pages share: the bar at the top and the room below it. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation();
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <strong>Agent Forge</strong>
        <nav aria-label="Pages">
          <ul>
            {BAR.map(([href, title]) => (
              <li key={href}>
                <Link href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <ThemeChoice />
      </header>
      <main id="main">{children}</main>
    </>
  );
}
