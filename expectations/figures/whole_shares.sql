-- One row a part of a whole: its share in the table of the whole and in the figures, and what all shares of the
-- whole add up to, those that are not printed included.
with

parts as (

    select
        'funding' as whole,
        category as part,
        figure_id,
        share
    from funding_sources

    union all

    select
        'funds_use' as whole,
        project as part,
        figure_id,
        share
    from funds_use

),

sums as (

    select
        whole,
        sum(share) as shares_of_whole
    from parts
    group by whole

),

catalogued as (

    select
        figure_id,
        whole
    from figure_catalogue
    where whole is not null

),

final as (

    select
        coalesce(parts.whole, catalogued.whole) as whole,
        coalesce(parts.part, '') as part,
        coalesce(catalogued.figure_id, parts.figure_id, '') as figure_id,
        parts.share,
        case when coalesce(catalogued.figure_id, parts.figure_id) is null then parts.share else figures.value end
            as figure_value,
        sums.shares_of_whole
    from parts
    full outer join catalogued
        on parts.figure_id = catalogued.figure_id
    left join figures
        on coalesce(catalogued.figure_id, parts.figure_id) = figures.figure_id
    left join sums
        on coalesce(parts.whole, catalogued.whole) = sums.whole

)

select * from final
order by
    whole,
    part,
    figure_id
