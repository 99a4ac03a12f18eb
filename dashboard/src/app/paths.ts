/** Where the sign-in of a stage comes back to; the stage's user pool knows it. */
export const SIGNED_IN_PATH = '/signed-in';

/** The pages of the bar at the top. */
export const BAR: readonly (readonly [path: string, title: string])[] = [
  ['/', 'Runs'],
  ['/models', 'Models'],
  ['/compare', 'Compare'],
  ['/claims', 'Claims'],
  ['/costs', 'Costs'],
  ['/federation', 'Federation'],
];
