/** Imports a package that bundlers must not look into: browsers never load it. */
export const nodePackage = <T>(name: string): Promise<T> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<T>;
