import { setTimeout as pause } from 'node:timers/promises';
import { plain } from '#cli/output/paint.ts';
import { createProgressBoard, progressBar, progressLine } from '#cli/output/progress-board.ts';
import { createProgressState } from '#cli/output/progress-state.ts';
import { eventOf, progressOf } from './event-samples.ts';

const ESCAPE = '\u001b[';

/** What a terminal shows after these writes: cursor up and clear to the end are all that is used. */
function screenOf(written: string): readonly string[] {
  let lines: string[] = [''];
  for (const part of written.split(new RegExp(`(${ESCAPE.replace('[', '\\[')}\\d*[AJ]|\n)`))) {
    const up = part.startsWith(ESCAPE) && part.endsWith('A') ? Number(part.slice(2, -1)) : 0;
    if (up > 0) lines = [...lines.slice(0, lines.length - 1 - up), ''];
    else if (part === '\n') lines.push('');
    else if (!part.startsWith(ESCAPE)) lines[lines.length - 1] += part;
  }
  return lines.slice(0, -1);
}

function boardOn(terminal: { live: boolean; quiet?: boolean; width?: number }, intervalMs = 30) {
  let written = '';
  const stream = {
    write(text: string): void {
      written += text;
    },
  };
  const console = { quiet: false, width: 100, paintNote: plain, ...terminal };
  return { board: createProgressBoard(console, stream, intervalMs), written: () => written };
}

describe('the state of a run', () => {
  it('knows each child of an array by itself', () => {
    const state = createProgressState();
    state.apply(progressOf(1, 'variants', 0, 5));
    state.apply(progressOf(2, 'variants', 1, 10));
    state.apply(eventOf(3, 'training_metrics', { stage: 'variants', index: 0, step: 5, loss: 3.25 }));
    expect(state.running().map(({ index, step, loss }) => [index, step, loss])).toEqual([
      [0, 5, 3.25],
      [1, 10, null],
    ]);
  });

  it('forgets a stage when the next one speaks, a job when it ends, all when the phase ends', () => {
    const state = createProgressState();
    const stages = () => state.running().map(({ stage, index }) => `${stage}${index ?? ''}`);
    state.apply(progressOf(1, 'base', null, 20));
    state.apply(progressOf(2, 'variants', 0, 1));
    expect(stages()).toEqual(['variants0']);
    state.apply(progressOf(3, 'variants', 1, 1));
    state.apply(eventOf(4, 'JobFinished', { stage: 'variants', index: 0 }));
    expect(stages()).toEqual(['variants1']);
    state.apply(eventOf(5, 'PhaseCompleted'));
    expect(stages()).toEqual([]);
  });
});

describe('a progress line', () => {
  const job = { phase: 'cognate', stage: 'variants', index: 2, message: 'training memory' };

  it('has bar, percent, step, loss and the time that is left', () => {
    const at = { ...job, fraction: 0.5, step: 10, steps: 20, etaSeconds: 65, loss: 3.25 };
    expect(progressLine(at, true)).toBe(
      `cognate/variants[2]  ${'█'.repeat(10)}${'░'.repeat(10)}   50%  step 10/20  loss 3.25  about 1 min 05 s left  training memory`,
    );
  });

  it('leaves out what nobody has said', () => {
    const at = { ...job, fraction: 0, step: null, steps: null, etaSeconds: null, loss: null };
    expect(progressLine(at, false)).toBe('cognate/variants[2]   0% training memory');
  });

  it.each([
    [-1, 0],
    [0.5, 10],
    [7, 20],
  ])('draws a bar for %d with %i full cells', (fraction, full) => {
    expect(progressBar(fraction)).toBe('█'.repeat(full) + '░'.repeat(20 - full));
  });
});

describe('on a terminal', () => {
  it('draws one line per running job again and again, below what stays', async () => {
    const { board, written } = boardOn({ live: true });
    board.show(eventOf(1, 'PhaseStarted'));
    board.show(progressOf(2, 'variants', 0, 5));
    board.show(progressOf(3, 'variants', 1, 6));
    await pause(150);
    board.show(progressOf(4, 'variants', 0, 15));
    await pause(150);
    const screen = screenOf(written());
    expect(screen).toHaveLength(3);
    expect(screen[0]).toBe('phase cognate started');
    expect(screen[1]).toContain('cognate/variants[0]');
    expect(screen[1]).toContain('75%');
    expect(screen[2]).toContain('30%');
    board.show(eventOf(5, 'ModelRegistered', { name: 'm', version: 1, model: 'ID' }));
    board.close();
    expect(screenOf(written())).toEqual(['phase cognate started', 'model m@1 (ID)']);
  });

  it('cuts lines that would wrap', async () => {
    const { board, written } = boardOn({ live: true, width: 30 });
    board.show(progressOf(1, 'variants', 0, 5));
    await pause(150);
    expect(screenOf(written()).map((line) => [...line].length)).toEqual([29]);
    board.close();
  });
});

describe('elsewhere', () => {
  it('writes one line about all jobs now and then, without any control character', async () => {
    const { board, written } = boardOn({ live: false });
    board.show(progressOf(1, 'variants', 0, 5));
    board.show(progressOf(2, 'variants', 1, 6));
    await pause(100);
    board.close();
    const [line] = written().split('\n');
    expect(line).toMatch(
      /^cognate\/variants\[0\]\s+25% step 5\/20 .* \| cognate\/variants\[1\]\s+30% step 6\/20/,
    );
    expect(written()).not.toContain(ESCAPE);
  });

  it('tells a failed gate at once and leaves a passed one to the summary', () => {
    const { board, written } = boardOn({ live: false });
    const gate = { metric: 'base/bits_per_byte', op: '<', bound: { metric: 'x/bits_per_byte' } };
    const facts = { gate, measured: { value: 3.5 }, bound: { value: 3.4 } };
    board.show(eventOf(1, 'GateEvaluated', { ...facts, verdict: 'passed' }));
    board.show(eventOf(2, 'GateEvaluated', { ...facts, verdict: 'failed' }));
    board.close();
    expect(written()).toBe('gate base/bits_per_byte (3.5) < x/bits_per_byte (3.4): failed\n');
  });

  it('says nothing with --quiet', async () => {
    const { board, written } = boardOn({ live: false, quiet: true });
    board.show(eventOf(1, 'PhaseStarted'));
    board.show(progressOf(2, 'base', null, 5));
    board.say('anything');
    await pause(60);
    board.close();
    expect(written()).toBe('');
  });
});
