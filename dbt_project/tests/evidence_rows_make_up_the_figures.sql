{{ config(meta={'dagster': {'ref': {'name': 'figures'}}}) }}

{#-
  The rows that explain a figure add up to it: over distinct units, or over all rows where every row is a person
  of an event and a unit of its own.
-#}
with

figures as (

    select * from {{ ref('figures') }}

),

people as (

    select
        figure_id,
        part,
        sum(amount) as amount
    from {{ ref('figure_evidence_rows') }}
    where figure_id in ('participants', 'participants_women_share')
    group by
        figure_id,
        part

),

units as (

    select distinct
        figure_id,
        part,
        unit_key,
        amount
    from {{ ref('figure_evidence_rows') }}
    where figure_id not in ('participants', 'participants_women_share')

),

sums as (

    select
        figure_id,
        part,
        amount
    from people

    union all

    select
        figure_id,
        part,
        sum(amount) as amount
    from units
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
        expected.figure_id,
        expected.part,
        expected.amount,
        sums.amount as amount_of_rows
    from expected
    left join sums
        on
            expected.figure_id = sums.figure_id
            and expected.part = sums.part
    where expected.amount <> coalesce(sums.amount, 0)

)

select * from final
