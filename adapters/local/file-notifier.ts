/** Notices to people, as lines of a file: on one machine there is no service that would send them. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Notifier } from '#core/ports/notifier.ts';

/** A notice that stands there already is not written again; a line that a dying process left unfinished stays alone. */
export function fileNotifier(file: string): Notifier {
  return {
    async notify({ subject, text, attributes }) {
      const line = JSON.stringify({ subject, text, attributes });
      const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (before.split('\n').includes(line)) return;
      appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`, { mode: 0o600 });
    },
  };
}
