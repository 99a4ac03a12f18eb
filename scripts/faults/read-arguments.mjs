import { SetupError } from '../project.mjs';

/** How often each kind of fault is done: usually, with --full, and with --quick. */
const MODES = {
  crash: { option: '--kills', usual: 30, full: 300, quick: 2 },
  flips: { option: '--flips', usual: 1000, full: 1000, quick: 20 },
  cancel: { option: '--cancels', usual: 50, full: 100, quick: 2 },
  sockets: { option: '--cuts', usual: 1000, full: 1000, quick: 30 },
};
const MOST = 100_000;

function refuse(message) {
  const modes = Object.keys(MODES).join(', ');
  const counts = Object.values(MODES).map(({ option }) => `${option} N`);
  throw new SetupError(
    message,
    `Modes: ${modes}. Options: --full, --quick, --seed N, ${counts.join(', ')}.`,
    2,
  );
}

function wholeNumber(option, text, least) {
  if (/^\d{1,9}$/.test(text ?? '') && Number(text) >= least && Number(text) <= MOST) return Number(text);
  return refuse(`${option} takes a whole number from ${least} to ${MOST}, not "${text ?? ''}".`);
}

/** @returns {{ seed: number, quick: boolean, modes: { name: string, count: number }[] }} */
export function readArguments(words) {
  const names = [];
  const counts = {};
  let seed = 1;
  let extent = 'usual';
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const counted = Object.keys(MODES).find((name) => MODES[name].option === word);
    if (word === '--full' || word === '--quick') extent = word.slice(2);
    else if (word === '--seed') seed = wholeNumber(word, left.shift(), 0);
    else if (counted) counts[counted] = wholeNumber(word, left.shift(), 1);
    else if (Object.hasOwn(MODES, word)) names.push(word);
    else refuse(`"${word}" is no kind of fault and no option.`);
  }
  if (names.length === 0) refuse('No kind of fault was named.');
  const modes = [...new Set(names)].map((name) => ({ name, count: counts[name] ?? MODES[name][extent] }));
  return { seed, quick: extent === 'quick', modes };
}
