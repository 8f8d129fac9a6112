/** The package's folder. The sources lie two levels below it, the built files three. */
export const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url);
