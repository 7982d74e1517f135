/**
 * What compilers call in functions: esbuild to keep their names, TypeScript on paths that are imported. Workers have these as
 * functions that give back what they get.
 */
export const COMPILER_HELPERS = ["__name", "__rewriteRelativeImportExtension"] as const;
