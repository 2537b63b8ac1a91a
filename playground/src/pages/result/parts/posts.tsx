/** Posts behind the figures, with what matched marked in them and the way to where they were published. */
import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Evidence, Post, ResultDocument } from "../../../api/rest";
import { count } from "../../../ui/format";
import { MarkedBytes, MarkedTerms } from "../../../ui/marked";
import { Section } from "../../../ui/page";
import { Time } from "../../../ui/time";

type Listed = Post | Evidence;
const STEP = 20;

export function Posts({ title, posts, total }: { title: string; posts: Listed[]; total?: number }) {
  const [most, setMost] = useState(STEP);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const fits = posts.filter(
    (post) =>
      wanted === "" ||
      `${post.title ?? ""} ${post.text} ${writtenBy(post)} ${post.source}`.toLowerCase().includes(wanted),
  );
  return (
    <Section
      title={title}
      aside={<Text size="sm" role="status">{`${count(fits.length)} of ${count(total ?? posts.length)}`}</Text>}
    >
      {posts.length > 5 ? (
        <TextInput
          label="Find in these posts"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          mb="xs"
          maw={320}
        />
      ) : null}
      {fits.length === 0 ? (
        <Text c="dimmed">{posts.length === 0 ? "There are none." : "None of them has this."}</Text>
      ) : null}
      {fits.slice(0, most).map((post) => (
        <PostShown key={`${post.source} ${post.id}`} post={post} />
      ))}
      {fits.length > most ? (
        <Button variant="default" mt="sm" onClick={() => setMost(most + 5 * STEP)}>
          Show more
        </Button>
      ) : null}
    </Section>
  );
}

function PostShown({ post }: { post: Listed }) {
  return (
    <article className="post">
      <Group gap="xs">
        <Text fw={600} size="sm">
          {writtenBy(post)}
        </Text>
        <Text size="sm" c="dimmed">
          {post.source}
        </Text>
        <Text size="sm" c="dimmed">
          <Time at={post.published_at} />
        </Text>
        {"metric" in post && post.metric ? (
          <Text size="sm">{`${post.metric.by}: ${post.metric.value === null ? "not said" : count(post.metric.value)}`}</Text>
        ) : null}
        {"similar" in post && post.similar ? (
          <Text size="sm" c="dimmed">{`and ${count(post.similar)} alike`}</Text>
        ) : null}
        {isWeb(post.url) ? (
          <Anchor size="sm" href={post.url} target="_blank" rel="noopener noreferrer nofollow">
            Open the post<span className="sr-only"> by {writtenBy(post)} in a new tab</span>
          </Anchor>
        ) : null}
      </Group>
      {post.title ? (
        <Text fw={600}>
          <Marked post={post} field="title" />
        </Text>
      ) : null}
      <p className="post-text">
        <Marked post={post} field="text" />
      </p>
    </article>
  );
}

/** Posts come from anywhere: nothing but the web is linked to. */
export function isWeb(url: string | null | undefined): url is string {
  return url != null && /^https?:\/\//i.test(url);
}

function Marked({ post, field }: { post: Listed; field: "title" | "text" }) {
  const text = post[field] ?? "";
  if ("highlights" in post)
    return <MarkedBytes text={text} places={post.highlights.filter((place) => place.field === field)} />;
  return <MarkedTerms text={text} terms={post.matched_terms} />;
}

export function writtenBy({ author }: Pick<Listed, "author">): string {
  if (author.handle) return author.handle.startsWith("@") ? author.handle : `@${author.handle}`;
  return author.name ?? author.id ?? "Nobody named";
}

/** What the answer lists, or else what stands behind its figures. */
export function PostsOf({ document }: { document: ResultDocument }) {
  const { result } = document;
  const listed = result.posts ?? result.sample ?? result.spike?.posts;
  return (
    <Stack>
      {listed ? <Posts title="Posts" posts={listed} /> : null}
      {result.changes?.new && result.changes.new.length > 0 ? (
        <Posts title="New since the run before" posts={result.changes.new} />
      ) : null}
      {listed ? null : (
        <Posts title="Posts behind the figures" posts={document.evidence} total={result.total_mentions} />
      )}
    </Stack>
  );
}
