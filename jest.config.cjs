/** One project per kind of test; `npm test` runs them all and prints the coverage of what has to be covered. */
const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  // Jest wraps what libraries leave on the global scope, again after each file; a counter written often overflowed the stack.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  // Built code repeats the sources' package names, and a virtual environment is large: neither holds tests.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.venv/', '<rootDir>/.forge/'],
  // jose comes as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  transform: {
    '^.+\\.ts$|/node_modules/jose/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
});

module.exports = {
  // A property of a hundred cases takes a second; on a machine that does much else it takes ten.
  testTimeout: 30_000,
  coverageProvider: 'babel',
  collectCoverageFrom: ['core/**/*.ts', 'local/asl/**/*.ts', 'local/jobs/**/*.ts'],
  coverageDirectory: 'dist/test/coverage',
  coverageReporters: ['json-summary'],
  projects: [
    ...['unit', 'contract', 'local', 'infra', 'e2e', 'browser'].map(project),
    // Needs programs that are no part of this project: `npm run test:foreign`.
    ...(process.env.FORGE_FOREIGN === '1' ? [project('foreign')] : []),
  ],
};
