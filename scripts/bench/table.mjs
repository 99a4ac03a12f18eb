/** Records of benches as one table for a terminal. */

const HEAD = ['figure', 'median', 'from', 'to', 'limit', 'ratio', 'floor', 'aim'];

const digits = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function verdict(target, unit) {
  if (!target) return '';
  const bound = `${target.op} ${target.bound}${target.of === 'ratio' ? 'x' : ` ${unit}`}`;
  return `${bound} ${target.met ? 'met' : 'NOT MET'}`;
}

function row({ name, unit, value, limit, ratio, floor, aim }) {
  return [
    `  ${name}`,
    `${digits(value.median)} ${unit}`,
    digits(value.min),
    digits(value.max),
    limit ? `${digits(limit.median)} ${unit}` : '',
    ratio ? `${digits(ratio.median)}x` : '',
    verdict(floor, unit),
    verdict(aim, unit),
  ];
}

/** One row per figure below the name of its bench; what the limits are stands below the table. */
export function tableOf(records) {
  const names = [...new Set(records.map(({ bench }) => bench))];
  const rows = names.flatMap((bench) => [
    [bench],
    ...records.filter((record) => record.bench === bench).map(row),
  ]);
  const cells = [HEAD, ...rows];
  const widths = HEAD.map((_, column) =>
    Math.max(...cells.filter((line) => line.length > 1).map((line) => line[column].length)),
  );
  const pad = (cell, column) =>
    column === 0 || column > 5 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  const table = cells.map((line) => line.map(pad).join('  ').trimEnd());
  const limits = new Map(
    records.filter(({ limit }) => limit).map(({ bench, limit }) => [`${bench}: ${limit.what}`]),
  );
  return [
    ...table,
    '',
    'Limits, measured in turns with the figures:',
    ...[...limits.keys()].map((each) => `  ${each}`),
  ].join('\n');
}
