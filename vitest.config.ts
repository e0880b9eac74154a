// Two projects: Node (unit, property, golden; WebGPU through Dawn on SwiftShader) and viewers in real Chromium.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sharedPlugins } from './vite.config.ts';

export default defineConfig({
  test: {
    // Vitest would leave a core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: sharedPlugins(),
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**', 'tests/viewers/**'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          setupFiles: ['tests/helpers/setup.ts'],
        },
      },
      {
        plugins: sharedPlugins(),
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts', 'tests/viewers/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 30_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
