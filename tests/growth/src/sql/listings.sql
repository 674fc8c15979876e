-- Listings, published at even intervals all year. Their stock follows from their orders.

CREATE UNLOGGED TABLE growth.listings AS
SELECT
    n,
    growth.id(published_at, 'listing', n) AS id,
    published_at,
    seller,
    growth.account_id(seller) AS seller_id,
    -- From 25 to about 10,000, and as many below 250 as above.
    20 + 5 * round(2000 ^ growth.chance(n, 11))::bigint AS price_minor,
    -- One in eight is sold out.
    CASE
        WHEN growth.chance(n, 12) < 0.125 THEN 0
        ELSE growth.one_of(5000, n, 13)
    END AS available
FROM (
    SELECT
        n,
        growth.instant((n - 1) / :listings::double precision) AS published_at,
        growth.one_of(greatest(1, :accounts / 10), n, 14) AS seller
    FROM generate_series(1, :listings::bigint) AS n
) AS published;

INSERT INTO listings (
    id, seller_id, service_name, description, endpoint_url, price_minor, currency,
    unit_description, state, sealed_key, master_key_id, created_at, terms_version
)
SELECT
    id,
    seller_id,
    initcap(quality) || ' ' || topic || ' ' || kind,
    CASE
        WHEN n % 12 <> 0 THEN format(
            '%s %s of %s for %s in %s. Number %s of its series, %s.',
            initcap(quality), kind, topic,
            growth.word('{developers,researchers,traders,newsrooms,farmers,hospitals,insurers,carriers,museums,pilots}', n, 24),
            growth.word('{Europe,"North America",Asia,Africa,Oceania,"South America",Scandinavia,Iberia,Bavaria,Hokkaido,Patagonia,Antarctica}', n, 25),
            n,
            growth.word('{"updated hourly","updated daily","with ten years of history","without rate limits","with a free sample","signed and timestamped","in JSON and CSV"}', n, 26)
        )
    END,
    CASE WHEN n % 5 <> 0 THEN 'https://api-' || n || '.growth.example/v1' END,
    price_minor,
    'USD',
    growth.word('{"1,000 requests","one day","100 images","one report","1 GB","10,000 tokens"}', n, 27),
    CASE
        WHEN growth.chance(n, 28) < 0.90 THEN 'active'
        WHEN growth.chance(n, 28) < 0.96 THEN 'paused'
        ELSE 'archived'
    END,
    -- As long as a sealed key; no master key opens it.
    decode(md5('key' || n) || md5('seal' || n) || md5('tag' || n), 'hex'),
    'growth',
    published_at,
    growth.terms_of(n)
FROM (
    SELECT
        *,
        growth.word('{live,historical,reliable,fast,verified,regional,global,experimental,compact,curated,anonymised,annotated}', n, 21) AS quality,
        growth.word('{weather,market,traffic,satellite,maritime,energy,genome,football,patent,census,soil,aviation,podcast,recipe,tide,pollen,seismic,glacier,lichen,meteorite}', n, 22) AS topic,
        growth.word('{data,prices,forecasts,images,alerts,maps,statistics,translations,transcripts,embeddings,simulations,almanacs}', n, 23) AS kind
    FROM growth.listings
) AS named
ORDER BY n;

INSERT INTO gateway_terms (
    listing_id, version, key_place, key_name, key_prefix, methods, paths, units_per_call, charge,
    timeout_seconds, created_at
)
SELECT
    id, 1, 'header', 'Authorization', 'Bearer ', '{GET,POST}', '{/}', 1, 'success', 30, published_at
FROM growth.listings
WHERE growth.terms_of(n) IS NOT NULL;
