{{ config(meta={'dagster': {'ref': {'name': 'figures'}}}) }}

{#-
  The items of a figure add up to it, and none of them is a person. One row a figure and part that is at odds.
-#}
with

figures as (

    select * from {{ ref('figures') }}

),

items as (

    select * from {{ ref('figure_items') }}

),

speakers as (

    select * from {{ ref('stg_speakers') }}

),

sums as (

    select
        figure_id,
        part,
        sum(amount) as amount
    from items
    group by
        figure_id,
        part

),

expected as (

    select
        figure_id,
        'numerator' as part,
        numerator as amount
    from figures

    union all

    select
        figure_id,
        'denominator' as part,
        denominator as amount
    from figures
    where denominator is not null

),

final as (

    select
        coalesce(expected.figure_id, sums.figure_id) as figure_id,
        coalesce(expected.part, sums.part) as part,
        'do not add up to the figure' as problem
    from expected
    full outer join sums
        on
            expected.figure_id = sums.figure_id
            and expected.part = sums.part
    where coalesce(expected.amount, 0) <> coalesce(sums.amount, 0)

    union all

    select
        figure_id,
        part,
        'list a person' as problem
    from items
    where unit_key in (select speakers.person_key from speakers)

)

select * from final
