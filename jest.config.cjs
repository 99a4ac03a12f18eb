/** One project per kind of test; `npm test` runs them all and prints the coverage of what design asks to be covered. */
const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  ...extra,
});

module.exports = {
  coverageProvider: 'v8',
  collectCoverageFrom: ['core/**/*.ts', 'local/asl/**/*.ts', 'local/jobs/**/*.ts'],
  coverageDirectory: 'dist/coverage',
  coverageReporters: ['text-summary', 'json-summary'],
  projects: [project('unit'), project('contract'), project('local'), project('e2e')],
};
