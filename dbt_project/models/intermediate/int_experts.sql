with

speakers as (

    select * from {{ ref('stg_speakers') }}

),

final as (

    select
        person_key,
        case
            when count(distinct case when gender <> 'undisclosed' then gender end) = 1
                then max(case when gender <> 'undisclosed' then gender end)
            else 'undisclosed'
        end as gender
    from speakers
    group by person_key

)

select * from final
