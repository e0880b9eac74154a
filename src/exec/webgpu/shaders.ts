// Every shader of `shaders/`, linked at build time (`#include lib/x.wgsl;`), by file name.
const modules = import.meta.glob<string>('../../../shaders/*.wgsl', { eager: true, import: 'default' });

const sources = new Map(
  Object.entries(modules).map(([path, source]) => [
    path.slice(path.lastIndexOf('/') + 1, -'.wgsl'.length),
    source,
  ]),
);

/** WGSL of one shader, without the header that specialises it. */
export function shaderSource(name: string): string {
  const source = sources.get(name);
  if (source === undefined)
    throw new Error(`shader "${name}" does not exist; there are: ${shaderNames().join(', ')}`);
  return source;
}

export const shaderNames = (): string[] => [...sources.keys()].sort();
