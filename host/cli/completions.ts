import type { Command } from 'commander';

/** The shells that a script can be written for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

interface Word {
  readonly text: string;
  readonly description: string;
}

interface Flag extends Word {
  /** As `-C`, where it has one. */
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** Whether the next word is its value in any case. */
  readonly needsValue: boolean;
  /** The words that its value may be; empty for any. */
  readonly choices: readonly string[];
}

/** A command with what may follow it, by its whole name: `kvasi kv get`. */
interface Place {
  readonly name: string;
  readonly commands: readonly Word[];
  readonly flags: readonly Flag[];
}

/** The completion script of a command line, made from what it says of itself. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, program.name());
  return { bash, zsh, fish }[shell](places, program.name());
}

function placesOf(command: Command, name: string): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const place: Place = {
    name,
    commands: commands.map((inner) => ({ text: inner.name(), description: inner.description() })),
    flags: help
      .visibleOptions(command)
      .flatMap(({ long, short, description, required, optional, argChoices = [] }) => {
        if (long == null) return [];
        const takesValue = required || optional;
        return [{ text: long, short, description, takesValue, needsValue: required, choices: argChoices }];
      }),
  };
  return [place, ...commands.flatMap((inner) => placesOf(inner, `${name} ${inner.name()}`))];
}

/** A case for every place below the first: `'kvasi dev'|'kvasi kv'`. */
function innerNames(places: readonly Place[]): string {
  return places
    .slice(1)
    .map(({ name }) => `'${name}'`)
    .join('|');
}

/** Every flag that the next word is a value of: `--directory|-C|--config`. */
function needingValues(places: readonly Place[]): string {
  const flags = places.flatMap((place) => place.flags).filter(({ needsValue }) => needsValue);
  return [
    ...new Set(flags.flatMap(({ text, short }) => (short === undefined ? [text] : [text, short]))),
  ].join('|');
}

function choicesOf(places: readonly Place[]): Map<string, readonly string[]> {
  const flags = places.flatMap((place) => place.flags).filter(({ choices }) => choices.length > 0);
  return new Map(flags.map(({ text, choices }) => [text, choices]));
}

function bash(places: readonly Place[], program: string): string {
  const values = [...choicesOf(places)].map(
    ([flag, choices]) => `    ${flag}) words='${choices.join(' ')}' ;;`,
  );
  const cases = places.map(({ name, commands, flags }) => {
    const words = [...commands, ...flags].map(({ text }) => text).join(' ');
    return `      '${name}') words='${words}' ;;`;
  });
  return `# bash completion of ${program}: source <(${program} completions bash)
_${program}() {
  local word=\${COMP_WORDS[COMP_CWORD]} at=${program} words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${needingValues(places)}) i=$((i + 1)); continue ;;
    esac
    case "$at \${COMP_WORDS[i]}" in
      ${innerNames(places)}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join('\n')}
  esac
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
    -C|--directory) COMPREPLY=($(compgen -d -- "$word")); return ;;
  esac
  if [ -z "$words" ]; then
    case "$at" in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _${program} ${program}
`;
}

function zsh(places: readonly Place[], program: string): string {
  const described = ({ text, description }: Word): string =>
    `'${text}:${quotable(description.replaceAll(':', '\\:'))}'`;
  const values = [...choicesOf(places)].map(
    ([flag, choices]) => `    (${flag}) compadd -- ${choices.join(' ')}; return ;;`,
  );
  const cases = places.map(
    ({ name, commands, flags }) =>
      `    ('${name}') commands=(${commands.map(described).join(' ')}); flags=(${flags.map(described).join(' ')}) ;;`,
  );
  return `#compdef ${program}
# zsh completion of ${program}: source <(${program} completions zsh)
_${program}() {
  local at=${program} i
  local -a commands flags
  for ((i = 2; i < CURRENT; i++)); do
    case "\${words[i]}" in
      (${needingValues(places)}) i=$((i + 1)); continue ;;
    esac
    case "$at \${words[i]}" in
      (${innerNames(places)}) at="$at \${words[i]}" ;;
    esac
  done
  case "\${words[CURRENT - 1]}" in
    (-C|--directory) _files -/; return ;;
${values.join('\n')}
  esac
  case "$at" in
${cases.join('\n')}
  esac
  (( \${#commands} )) && _describe command commands
  if [[ "\${words[CURRENT]}" == -* ]]; then _describe flag flags; else _files; fi
}
compdef _${program} ${program}
`;
}

function fish(places: readonly Place[], program: string): string {
  const lines = places.flatMap(({ name, commands, flags }) => {
    const start = `complete -c ${program} -n "__${program}_at '${name}'"`;
    return [
      ...commands.map(({ text, description }) => `${start} -f -a '${text}' -d '${quotable(description)}'`),
      ...flags.map(({ text, short, description, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesValue ? ' -r' : '';
        const letter = short === undefined ? '' : ` -s '${short.slice(1)}'`;
        return `${start}${letter} -l '${text.slice(2)}' -d '${quotable(description)}'${value}`;
      }),
    ];
  });
  return `# fish completion of ${program}: ${program} completions fish | source
function __${program}_at
  set -l at ${program}
  set -l value no
  for word in (commandline -opc)[2..-1]
    if test $value = yes
      set value no
      continue
    end
    if contains -- $word ${needingValues(places).replaceAll('|', ' ')}
      set value yes
    end
    if contains -- "$at $word" ${innerNames(places).replaceAll('|', ' ')}
      set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** Within single quotes. */
function quotable(text: string): string {
  return text.replaceAll("'", '’').replaceAll('\n', ' ');
}
