import { createJobRunner } from '#local/jobs/runner.ts';
import { shellOptions, shellRequest } from './harness.ts';
import { createMemoryJournal } from './memory-journal.ts';

/**
 * A server that kills itself right before or right after its n-th journal entry; run in a process of its own.
 * Arguments: folder, journal file, `before` or `after`, n, script.
 */
const [directory = '', journalFile = '', when = '', count = '', script = ''] = process.argv.slice(2);
const journal = createMemoryJournal(journalFile);
let saves = 0;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
const runner = createJobRunner({
  ...shellOptions(directory),
  journal: {
    ...journal,
    save(jobs) {
      saves += 1;
      if (when === 'before' && saves === Number(count)) die();
      journal.save(jobs);
      if (when === 'after' && saves === Number(count)) die();
    },
  },
  onLines: () => undefined,
  onStatus: () => undefined,
});
runner.submit(shellRequest(script, { clientToken: 'only', retryStrategy: { attempts: 2 } }));
