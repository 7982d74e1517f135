import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of the repository; compiled scripts lie in .build/scripts/lib. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The absolute path of a file of the repository. */
export function fromRoot(path: string): string {
  return ROOT + path;
}

/** All files below a folder of the repository whose names end so, relative to the root, in a stable order. */
export function filesBelow(folder: string, ending: string): string[] {
  let names: string[];
  try {
    names = readdirSync(fromRoot(folder), { recursive: true, encoding: "utf8" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .toSorted();
}

/** Where the compiler puts the JavaScript of a test or script. */
export function compiled(source: string): string {
  return `.build/${source.replace(/\.ts$/, ".js")}`;
}
