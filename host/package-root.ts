/** The package's folder. The sources lie one level below it, the built files two. */
export const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);
