/** One of a few things, all of them to be seen. */
import { Input, SegmentedControl } from "@mantine/core";
import { useId } from "@mantine/hooks";

interface Props<Value extends string> {
  label: string;
  value: Value;
  choices: Record<Value, string>;
  onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, choices, onChange }: Props<Value>) {
  const id = useId();
  const data = Object.entries<string>(choices).map(([key, text]) => ({ value: key, label: text }));
  return (
    <div style={{ maxWidth: "100%", overflowX: "auto" }}>
      <Input.Label id={id}>{label}</Input.Label>
      <div>
        <SegmentedControl aria-labelledby={id} value={value} data={data} onChange={(next) => onChange(next as Value)} />
      </div>
    </div>
  );
}
