// Jest's transform for TypeScript and for ESM-only packages: esbuild, which strips types and knows nothing else (tsc checks them).
import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';

export default {
  getCacheKey: (source, path, { supportsStaticESM }) =>
    createHash('sha256').update(`1\0${path}\0${supportsStaticESM}\0`).update(source).digest('hex'),
  process(source, path, { supportsStaticESM }) {
    const { code, map } = transformSync(source, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: supportsStaticESM ? 'esm' : 'cjs',
      target: 'node20',
      sourcemap: 'external',
      sourcefile: path,
    });
    return { code, map };
  },
};
