const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.(ts|js)$': '<rootDir>/scripts/jest-transform.mjs' },
  // Fastify requires these two, which are ESM only.
  transformIgnorePatterns: ['/node_modules/\\.pnpm/(?!(cookie|content-disposition)@)'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@mooring/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@mooring/([a-z-]+)/([a-z-]+)$': '<rootDir>/packages/$1/src/$2.ts',
  },
};

export default {
  reporters: ['default', '<rootDir>/scripts/jest-leaks.mjs', '<rootDir>/scripts/jest-summary.mjs'],
  // For two cores: many of the end-to-end tests wait for somebody's timeout most of their time.
  maxWorkers: 3,
  testSequencer: '<rootDir>/scripts/jest-sequencer.mjs',
  testTimeout: 60_000,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/leaks/*.test.ts'] },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/**/*.test.ts'],
      // Compiling within an image takes minutes, and is asked for by itself: npm run test:images.
      testPathIgnorePatterns: ['/node_modules/', ...(process.env.MOORING_TEST_IMAGES ? [] : ['/e2e/images-whole\\.test'])],
    },
  ],
};
