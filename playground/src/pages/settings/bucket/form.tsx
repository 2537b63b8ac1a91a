/** Where the bucket is and the key to it: tried first, and saved when that went well. */
import { Alert, Button, Group, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";

import { useChange } from "../../../api/data";
import type { StorageSettingsQuery } from "../../../api/generated/graphql";
import { Failure } from "../../../api/request";
import { notice } from "../../../ui/notice";
import { Trouble } from "../../../ui/states";
import { fieldError, otherError } from "../fields";
import { CONNECT_BUCKET } from "./documents";
import { Steps } from "./steps";

type Preset = StorageSettingsQuery["bucketPresets"][number];
type Bucket = NonNullable<NonNullable<StorageSettingsQuery["workspace"]>["bucket"]>;

type Style = "auto" | "path" | "host";
const STYLES: { value: Style; label: string }[] = [
  { value: "auto", label: "As the endpoint needs it" },
  { value: "path", label: "In the path" },
  { value: "host", label: "In the host name" },
];
const FIELDS = ["endpoint", "name", "region", "prefix", "accessKeyId", "secretAccessKey"];
const REGION = "<region>";
const OPEN = "Replace the part in angle brackets.";

interface Props {
  presets: Preset[];
  /** The one that is connected, when it is to become different. */
  bucket: Bucket | null;
  onSaved: () => void;
  onCancel?: () => void;
}

export function BucketForm({ presets, bucket, onSaved, onCancel }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [preset, setPreset] = useState<Preset | null>(null);
  const [fields, setFields] = useState({
    endpoint: bucket?.endpoint ?? "",
    name: bucket?.name ?? "",
    region: bucket?.region ?? "auto",
    prefix: bucket?.prefix ?? "bytestack/",
    accessKeyId: "",
    secretAccessKey: "",
    style: (bucket ? (bucket.pathStyle ? "path" : "host") : "auto") as Style,
  });
  const connect = useChange(CONNECT_BUCKET, { pick: (data) => data.connectBucket });

  const set = (changed: Partial<typeof fields>) => setFields((before) => ({ ...before, ...changed }));
  const field = (name: Exclude<keyof typeof fields, "style">) => ({
    value: fields[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    error: fieldError(failure, name) ?? (isTried && /[<>]/.test(fields[name]) ? OPEN : undefined),
  });

  const choose = (name: string | null) => {
    const chosen = presets.find((one) => one.name === name) ?? null;
    setPreset(chosen);
    if (chosen) set({ endpoint: chosen.endpoint, region: chosen.region, style: chosen.pathStyle ? "path" : "host" });
  };
  const setRegion = (region: string) => {
    // An endpoint that nobody touched goes along with the region.
    const of = (name: string) => preset?.endpoint.replace(REGION, name || REGION);
    set(fields.endpoint === of(fields.region) ? { region, endpoint: of(region) ?? fields.endpoint } : { region });
  };

  const [isTried, setTried] = useState(false);
  const send = async (how: { dryRun?: boolean; saveUntested?: boolean }) => {
    setTried(true);
    if (!form.current?.reportValidity() || /[<>]/.test(fields.endpoint + fields.region)) return;
    const { style, secretAccessKey, ...rest } = fields;
    const input = {
      ...rest,
      region: rest.region.trim() || "auto",
      // An empty one is the one that is kept.
      secretAccessKey: secretAccessKey || undefined,
      pathStyle: style === "auto" ? undefined : style === "path",
      ...how,
    };
    const answer = await connect.mutateAsync({ input }).catch(() => null);
    if (!answer?.bucket) return;
    const { name } = answer.bucket;
    notice(
      "Bucket connected",
      how.saveUntested ? `${name} is saved although its test failed.` : `Results are written to ${name} from now on.`,
    );
    onSaved();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({});
  };

  const refused = connect.data?.userErrors[0];
  const isUntested = refused?.code === "TEST_FAILED";
  const failure =
    refused && !isUntested ? new Failure(refused.code, refused.message, refused.path ?? []) : connect.error;
  const test = connect.data?.test;
  return (
    <form ref={form} onSubmit={submit} aria-label={bucket ? "Change the bucket" : "Connect a bucket"}>
      <Stack>
        <Select
          label="Kind of store"
          description="Fills in what is the same for everybody. Other stores that speak S3 work too."
          placeholder="Choose one"
          data={presets.map(({ name, title }) => ({ value: name, label: title }))}
          value={preset?.name ?? null}
          onChange={choose}
          clearable
        />
        {preset ? (
          <Text size="sm" role="note">
            {preset.hint}
          </Text>
        ) : null}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Endpoint"
            type="text"
            inputMode="url"
            required
            placeholder="https://s3.eu-central-1.amazonaws.com"
            {...field("endpoint")}
          />
          <TextInput label="Bucket name" required autoComplete="off" {...field("name")} />
          <TextInput label="Region" {...field("region")} onChange={(event) => setRegion(event.currentTarget.value)} />
          <TextInput label="Prefix" {...field("prefix")} />
          <TextInput
            label="Access key id"
            required
            autoComplete="off"
            description={
              bucket ? `The one in use ends in ${bucket.accessKeyIdLast4}.` : "It need only be allowed to put objects."
            }
            {...field("accessKeyId")}
          />
          <PasswordInput
            label="Secret access key"
            required={!bucket}
            autoComplete="off"
            description={
              bucket ? "Leave it empty to use the kept one, for the same endpoint and key." : "It is never shown again."
            }
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the secret", tabIndex: 0 }}
            {...field("secretAccessKey")}
          />
          <Select
            label="Addressing"
            description="Where the name of the bucket goes."
            data={STYLES}
            value={fields.style}
            onChange={(style) => set({ style: (style ?? "auto") as Style })}
            allowDeselect={false}
          />
        </SimpleGrid>
        <Group gap="xs">
          <Button type="submit" loading={connect.isPending}>
            Save and test
          </Button>
          <Button variant="default" disabled={connect.isPending} onClick={() => void send({ dryRun: true })}>
            Test only
          </Button>
          {onCancel ? (
            <Button variant="subtle" onClick={onCancel}>
              Cancel
            </Button>
          ) : null}
        </Group>
        <div role="status" aria-label="Result of the test">
          {connect.isPending ? <Text size="sm">Testing the bucket…</Text> : test ? <Steps test={test} /> : null}
        </div>
        {isUntested && !connect.isPending ? (
          <Alert
            role="alert"
            color="yellow"
            variant="light"
            title="The test failed; nothing was saved"
            styles={{ title: { color: "var(--mantine-color-text)" } }}
          >
            <Stack gap="xs" align="flex-start">
              <Text size="sm" c="var(--mantine-color-text)">
                {refused.message}
              </Text>
              <Button size="sm" variant="default" onClick={() => void send({ saveUntested: true })}>
                Save it untested
              </Button>
            </Stack>
          </Alert>
        ) : null}
        <Trouble error={otherError(failure, FIELDS)} />
      </Stack>
    </form>
  );
}
