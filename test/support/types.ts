/** Statements about types, for test/types: they hold when the file compiles. */

/** True when both types are identical; `any` equals only itself. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `expectType<Equal<typeof value, number>>(true)`. */
export declare function expectType<T extends boolean>(holds: T): void;
