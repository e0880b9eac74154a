/** How tests and benchmarks start Chromium: options of Playwright's `launch`. */
export function browserOptions(): { executablePath: string | undefined; args: string[] };
